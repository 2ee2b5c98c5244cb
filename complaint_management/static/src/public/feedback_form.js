// Makes the form more comfortable; it is complete without. Old telephones run it:
// nothing newer than 2016 here.
(function () {
    "use strict";
    const form = document.getElementById("form");
    const page = document.body;

    // Private windows and full memories refuse the store: then nothing is kept.
    function tried(action) {
        try {
            return action(window.sessionStorage);
        } catch (error) {
            return error && null;
        }
    }

    function countScan(address) {
        const counted = tried(function (store) {
            return store.getItem(address);
        });
        if (!counted && navigator.sendBeacon) {
            navigator.sendBeacon(address);
            tried(function (store) {
                store.setItem(address, "1");
            });
        }
    }

    function eachInput(action) {
        Array.prototype.forEach.call(form.elements, function (input) {
            if (input.name && ["hidden", "file", "submit"].indexOf(input.type) < 0) {
                action(input, input.type === "radio" || input.type === "checkbox");
            }
        });
    }

    function keepDraft(slot) {
        const draft = {};
        eachInput(function (input, ticked) {
            if (ticked ? input.checked : input.value) {
                draft[input.name] = (draft[input.name] || []).concat(input.value);
            }
        });
        tried(function (store) {
            store.setItem(slot, JSON.stringify(draft));
        });
    }

    function restoreDraft(slot) {
        const draft = tried(function (store) {
            return JSON.parse(store.getItem(slot));
        });
        eachInput(function (input, ticked) {
            const values = draft && draft[input.name];
            if (values && ticked) {
                input.checked = values.indexOf(input.value) >= 0;
            } else if (values) {
                input.value = input.value || values[0];
            }
        });
    }

    function showFiles(files) {
        const list = Array.prototype.slice.call(files.files || []);
        const max = Number(files.getAttribute("data-size"));
        const large = list.some(function (file) {
            return file.size > max;
        });
        const names = list.map(function (file) {
            return file.name;
        });
        const note = document.getElementById("files");
        note.textContent = names.join(", ");
        if (large || list.length > Number(files.getAttribute("data-count"))) {
            note.textContent = files.getAttribute("data-wrong");
            files.value = "";
        }
    }

    // Where the captcha's own servers don't answer, the form is sent without.
    function askCaptcha(key) {
        let sent = false;
        function send(token) {
            if (!sent) {
                sent = true;
                form.recaptcha_token_response.value = token || "";
                form.submit();
            }
        }
        window.setTimeout(send, 8000, "");
        window.grecaptcha.ready(function () {
            window.grecaptcha
                .execute(key, {action: "complaint_feedback"})
                .then(send, send.bind(null, ""));
        });
    }

    function startForm() {
        const slot = "draft:" + form.getAttribute("data-slot");
        const captcha = form.getAttribute("data-captcha");
        const files = form.querySelector("input[type=file]");
        const send = form.querySelector(".send");
        if (!form.getAttribute("data-typed")) {
            restoreDraft(slot);
        }
        ["input", "change"].forEach(function (name) {
            form.addEventListener(name, keepDraft.bind(null, slot));
        });
        if (files) {
            files.addEventListener("change", showFiles.bind(null, files));
        }
        form.addEventListener("submit", function (event) {
            const sent = send.getAttribute("aria-disabled");
            if (sent || (captcha && window.grecaptcha)) {
                event.preventDefault();
            }
            if (!sent && captcha && window.grecaptcha) {
                askCaptcha(captcha);
            }
            send.setAttribute("aria-disabled", "true");
        });
        window.addEventListener("pageshow", function () {
            send.removeAttribute("aria-disabled");
        });
    }

    const summary = document.getElementById("summary");
    if (summary) {
        summary.focus();
    }
    if (page.getAttribute("data-seen")) {
        countScan(page.getAttribute("data-seen"));
    }
    if (page.getAttribute("data-done")) {
        tried(function (store) {
            store.removeItem(page.getAttribute("data-done"));
        });
    }
    if (form) {
        startForm();
    }
})();
