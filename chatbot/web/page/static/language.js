// Says the page's own words in its language, with its dates and numbers. The server puts the messages before this.
(() => {
  "use strict";
  const { words, form, locale } = window.messages;
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);

  // A text of the page; its placeholders, such as %(title)s, are filled with `values`.
  window.t = (text, values = {}) => fill(words[text] || text, values);

  // The form of a text that fits a number, which stands in it as %(count)s.
  window.tn = (single, many, count, values = {}) => {
    const forms = words[single] ?? [single, many];
    return fill(forms[form(count)] || many, { count: window.number(count), ...values });
  };

  window.number = (value) => value.toLocaleString(locale === "en-GB" ? "en" : locale);
  window.pageLocale = locale;
})();
