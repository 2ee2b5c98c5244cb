import {PosStore} from "@point_of_sale/app/services/pos_store";
import {patch} from "@web/core/utils/patch";

patch(PosStore.prototype, {
    async afterProcessServerData() {
        this.data.connectWebSocket("COMPLAINT_CODE", () => this.loadComplaintCode());
        // A page that is loaded again knows what it knew before, of a code that may be
        // over since.
        this.loadComplaintCode();
        return await super.afterProcessServerData(...arguments);
    },

    /** Ask what receipts print; a till that is offline goes on with what it knows. */
    async loadComplaintCode() {
        const receipt = await this.data.silentCall(
            "pos.config",
            "get_complaint_receipt",
            [this.config.id],
        );
        if (receipt) {
            const known = {"pos.config": [{...this.config.raw, ...receipt}]};
            this.models.loadConnectedData(known);
            this.data.synchronizeServerDataInIndexedDB(known);
        }
    },
});
