/* global QRCode */

/** The quiet zone that the standard asks for, in modules. */
const BORDER = 4;
/** A receipt of 80 mm paper is drawn 512 dots wide, on 72 mm. */
const DOTS = 512 / 72;
/** Phones misread modules of fewer dots. */
const MIN_DOTS = 3;
/**
 * Letters that fit into a code of 37 modules a side (version 5), by error correction.
 * The library counts three letters more than there are.
 */
const LIMITS = [
    [84 - 3, "M"],
    [106 - 3, "L"],
];

/**
 * Return the code of `url` as an image, coarse enough for a thermal printer.
 *
 * @param {string} url
 * @param {number} size in millimetres, about
 * @returns {{src: string, size: number, dots: number}|null} null: `url` is too long
 */
export function makeQr(url, size) {
    const level = LIMITS.find(([length]) => url.length <= length)?.[1];
    if (!level) {
        return null;
    }
    const rows = drawRows(url, QRCode.CorrectLevel[level]);
    const side = rows.length + 2 * BORDER;
    const path = rows.flatMap((row, y) =>
        [...row.matchAll(/1+/g)].map(
            (run) =>
                `M${run.index + BORDER} ${y + BORDER}h${run[0].length}v1h-${run[0].length}z`,
        ),
    );
    const svg =
        `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" ` +
        `viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">` +
        `<rect width="${side}" height="${side}" fill="#fff"/>` +
        `<path d="${path.join("")}"/></svg>`;
    return {
        src: `data:image/svg+xml;base64,${window.btoa(svg)}`,
        size,
        // A module that is 3.6 dots wide is printed as 3 or 4 at random.
        dots: side * Math.max(MIN_DOTS, Math.round((size * DOTS) / side)),
    };
}

/** Return the modules of the code as strings of 0 and 1, by the till's own library. */
function drawRows(text, correctLevel) {
    const code = new QRCode(document.createElement("div"), {
        text,
        correctLevel,
        useSVG: true,
    })._oQRCode;
    const indexes = [...Array(code.getModuleCount()).keys()];
    return indexes.map((y) => indexes.map((x) => Number(code.isDark(y, x))).join(""));
}
