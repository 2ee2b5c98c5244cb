/** Neither 0 and O nor 1, l and I: the alphabet of the server's tokens. */
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
export const ORDER_LENGTH = 16;
/** The largest multiple of the alphabet's length in a byte: no letter comes more often. */
const FAIR = 256 - (256 % ALPHABET.length);

/**
 * Return a new token of an order, drawn here: the receipt may be printed offline.
 *
 * @returns {string} 93 random bits
 */
export function makeOrderToken() {
    let token = "";
    while (token.length < ORDER_LENGTH) {
        for (const byte of crypto.getRandomValues(new Uint8Array(ORDER_LENGTH))) {
            if (byte < FAIR && token.length < ORDER_LENGTH) {
                token += ALPHABET[byte % ALPHABET.length];
            }
        }
    }
    return token;
}
