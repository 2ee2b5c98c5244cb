/* global odoo, posmodel */

import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import {registry} from "@web/core/registry";
import {refresh, run} from "@point_of_sale/../tests/generic_helpers/utils";

const realFetch = window.fetch.bind(window);
// Looked up when it is needed: tours are loaded outside the till too, where it isn't.
const PRINTER = "@point_of_sale/app/utils/printer/base_printer";

/** A printer that hands what it gets to the test. */
function connectPrinter() {
    return run(() => {
        const {BasePrinter} = odoo.loader.modules.get(PRINTER);
        const printer = new BasePrinter();
        printer.sendPrintingJob = async (image) => {
            // eslint-disable-next-line no-console
            console.info(`complaint-receipt ${image}`);
            return true;
        };
        posmodel.hardwareProxy.printer = printer;
    }, "a printer is connected");
}

function printReceipt() {
    return [
        {
            content: "the receipt shows the code",
            trigger:
                ".receipt-screen .complaint-code img.complaint-qr[src^='data:image/svg']",
        },
        {
            content: "print it",
            trigger: ".receipt-screen .button.print:contains('Full Receipt')",
            run: "click",
        },
        {
            content: "printed",
            trigger: ".receipt-screen .button.print:contains('Full Receipt') .fa-print",
        },
    ];
}

function sell(product) {
    return [
        ...ProductScreen.addOrderline(product, "1", "5"),
        ...ProductScreen.clickPayButton(),
        ...PaymentScreen.clickPaymentMethod("Bank"),
        ...PaymentScreen.clickValidate(),
        ...ReceiptScreen.receiptIsThere(),
    ];
}

/** What a phone does that scans the receipt while the till has no connection. */
function complain(description) {
    return run(async () => {
        const order = posmodel.getOrder();
        if (order.isSynced) {
            throw new Error("The order should not be on the server yet.");
        }
        const url = new URL(order.config._complaint_url + order.complaint_token)
            .pathname;
        const page = new window.DOMParser().parseFromString(
            await (await realFetch(url)).text(),
            "text/html",
        );
        if (page.body.textContent.includes("Desk Pad")) {
            throw new Error("Nothing is known of the order yet.");
        }
        const data = new FormData(page.querySelector("form"));
        data.set("description", description);
        data.set("phone", "13900001111");
        for (const name of ["kind", "category"]) {
            const choice = page.querySelector(`input[name="${name}"]`);
            if (choice) {
                data.set(name, choice.value);
            }
        }
        const answer = await realFetch(url, {method: "POST", body: data});
        if (!answer.ok || !answer.url.includes("/c/s/")) {
            throw new Error(`Not taken: ${answer.status} ${answer.url}`);
        }
    }, "complain by phone");
}

/** A slow machine is no failure. */
function patiently(step) {
    return {timeout: 60000, ...step};
}

registry.category("web_tour.tours").add("complaint_receipt_tour", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            connectPrinter(),
            OfflineUtil.setOfflineMode(),
            sell("Desk Pad"),
            Dialog.confirm("Continue with limited functionality"),
            printReceipt(),
            complain("The pad was torn."),
            ReceiptScreen.clickNextOrder(),
            OfflineUtil.setOnlineMode(),
            sell("Letter Tray"),
            {
                content: "both orders are on the server",
                trigger: "body",
                run: async () => {
                    await posmodel.syncAllOrders();
                    if (posmodel.models["pos.order"].some((o) => o.isUnsyncedPaid)) {
                        throw new Error("An order is still in the till only.");
                    }
                },
            },
            printReceipt(),
            ReceiptScreen.setEmail("buyer@example.com"),
            ReceiptScreen.clickSend(),
            ReceiptScreen.emailIsSuccessful(),
            ReceiptScreen.clickNextOrder(),
        ]
            .flat()
            .map(patiently),
});

registry.category("web_tour.tours").add("complaint_receipt_replaced_tour", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            connectPrinter(),
            sell("Desk Pad"),
            printReceipt(),
            ReceiptScreen.clickNextOrder(),
            run(
                () =>
                    posmodel.data.call("pos.config", "action_complaint_replace_code", [
                        posmodel.config.id,
                    ]),
                "somebody replaces the code of this till",
            ),
            refresh(),
            connectPrinter(),
            sell("Letter Tray"),
            printReceipt(),
            ReceiptScreen.clickNextOrder(),
        ]
            .flat()
            .map(patiently),
});

registry.category("web_tour.tours").add("complaint_receipt_off_tour", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            sell("Desk Pad"),
            {
                content: "no code",
                trigger: ".receipt-screen .pos-receipt:not(:has(.complaint-code))",
            },
            ReceiptScreen.clickNextOrder(),
        ]
            .flat()
            .map(patiently),
});
