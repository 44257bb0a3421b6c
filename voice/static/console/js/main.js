// What every page needs; each module looks for its own elements.
import { localise, tick } from "./times.js";
import { welcome } from "./messages.js";
import "./theme.js";
import "./shortcuts.js";
import "./forms.js";
import "./auto-refresh.js";
import "./twiml-editor.js";

localise(document);
tick();
welcome();
for (const only of document.querySelectorAll("[data-without-script]")) only.remove();
