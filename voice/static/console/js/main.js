// Loaded by every page; each module finds its own elements.
import { prepareMessages } from "./messages.js";
import { localize, startClocks } from "./times.js";
import "./auto-refresh.js";
import "./forms.js";
import "./shortcuts.js";
import "./theme.js";
import "./twiml-editor.js";

localize(document);
startClocks();
prepareMessages();
for (const element of document.querySelectorAll("[data-no-script]")) element.remove();
