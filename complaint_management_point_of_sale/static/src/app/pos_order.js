import {PosOrder} from "@point_of_sale/app/models/pos_order";
import {patch} from "@web/core/utils/patch";
import {makeOrderToken} from "./complaint_token";

patch(PosOrder.prototype, {
    setup(vals) {
        super.setup(vals);
        // Orders that are on the server have theirs from there.
        if (!this.isSynced && !this.complaint_token) {
            this.complaint_token = makeOrderToken();
        }
    },
});
