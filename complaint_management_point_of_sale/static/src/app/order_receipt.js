import {OrderReceipt} from "@point_of_sale/app/screens/receipt_screen/receipt/order_receipt";
import {patch} from "@web/core/utils/patch";
import {makeQr} from "./complaint_qr";

patch(OrderReceipt.prototype, {
    /** The code of this receipt, null when it has none: a bill that isn't paid yet. */
    get complaintCode() {
        const {_complaint_url, _complaint_size} = this.order.config;
        if (!_complaint_url || !this.order.complaint_token || !this.order.finalized) {
            return null;
        }
        return makeQr(_complaint_url + this.order.complaint_token, _complaint_size);
    },
});
