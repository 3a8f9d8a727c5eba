// Copies text to the clipboard, also where the page is not served over https or from this machine: there the clipboard's
// own interface is missing.
window.copyText = async (text, within = document.body) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const [area, before] = [document.createElement("textarea"), document.activeElement];
    area.value = text;
    within.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    before?.focus();
    if (!copied) throw new Error("The browser does not let this page copy.");
  }
};
