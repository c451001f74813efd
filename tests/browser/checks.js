// What a reader needs of a page, looked at from within it: an array of complaints, empty when all is well. WCAG 2.2 AA
// where a number stands in brackets. axe-core looks again where it is there; this asks for nothing but the browser.
(() => {
  const wrong = [];
  const say = (what, element) => wrong.push(what + (element ? ": " + element.outerHTML.slice(0, 160) : ""));
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false });
  const text = (element) => (element ? element.textContent.trim() : "");
  const named = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by) return by.split(/\s+/).map((id) => text(document.getElementById(id))).join(" ").trim();
    return (element.getAttribute("aria-label") || text(element)).trim();
  };

  // The document: language, title, one main, one h1, no level left out [3.1.1, 2.4.2, 1.3.1, 2.4.6].
  if (!document.documentElement.lang) say("no language");
  if (!document.title) say("no title");
  if (all("main").length !== 1) say(all("main").length + " main landmarks");
  if (all("h1").length !== 1) say(all("h1").length + " headings h1");
  let level = 0;
  for (const heading of all("h1,h2,h3,h4,h5,h6").filter(shown)) {
    const its = Number(heading.tagName[1]);
    if (its > level + 1) say("a heading leaves out a level", heading);
    if (!text(heading)) say("an empty heading", heading);
    level = its;
  }

  // Identifiers and what points at them [1.3.1].
  const seen = new Set();
  for (const element of all("[id]")) {
    if (seen.has(element.id)) say("an id twice", element);
    seen.add(element.id);
  }
  for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"])
    for (const element of all(`[${name}]`))
      for (const id of element.getAttribute(name).split(/\s+/))
        if (!seen.has(id)) say(`${name} points at nothing`, element);
  for (const link of all("a[href^='#']"))
    if (!seen.has(decodeURIComponent(link.getAttribute("href").slice(1)))) say("a link within the page leads nowhere", link);
  for (const use of all("use")) if (!seen.has(use.getAttribute("href").slice(1))) say("a sign that is none", use);

  // Names of what can be used, and of what is looked at [4.1.2, 1.1.1, 2.4.4].
  for (const element of all("a[href],button,input,select,summary"))
    if (shown(element) && !named(element) && !element.labels?.length) say("a control without a name", element);
  for (const svg of all("svg"))
    if (!svg.closest("[aria-hidden=true]") && svg.getAttribute("role") !== "img" && !svg.closest("svg[role=img]"))
      say("a picture that is neither named nor hidden", svg);
  for (const svg of all("svg[role=img]")) if (!named(svg)) say("a picture without a name", svg);
  const regions = new Map();
  for (const region of all("section,nav,aside").filter(shown)) {
    const name = region.tagName + " " + named(region);
    if ((region.hasAttribute("aria-label") || region.hasAttribute("aria-labelledby")) && regions.has(name))
      say("two landmarks of one name", region);
    regions.set(name, region);
  }

  // What scrolls of itself can be reached and has a name [2.1.1, 4.1.2].
  for (const element of all("*").filter(shown)) {
    const scrolls = element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX);
    if (scrolls && (element.tabIndex < 0 || !named(element))) say("what scrolls cannot be reached", element);
  }

  // Tables: a head for each column, a scope for each head [1.3.1].
  for (const table of all("table")) {
    if (!table.querySelector("th")) say("a table without heads", table);
    for (const head of table.querySelectorAll("th")) if (!head.scope) say("a head without scope", head);
  }

  // Lists hold list items [1.3.1].
  for (const list of all("ul,ol"))
    for (const item of list.children) if (item.tagName !== "LI") say("no item of a list", item);
  for (const list of all("dl"))
    for (const item of list.children) if (!["DT", "DD", "DIV"].includes(item.tagName)) say("no term of a list", item);

  // Nothing juts out of the window, but in a box that scrolls [1.4.10].
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) say(`the page is ${document.documentElement.scrollWidth} pixels wide in ${wide}`);
  const boxed = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== "visible") return true;
    return false;
  };
  for (const element of all("body *")) {
    const { right, width, height } = element.getBoundingClientRect();
    if (right > wide + 1 && width > 1 && height > 1 && shown(element) && !element.closest("svg") && !boxed(element))
      say("juts out of the window", element);
  }

  // Contrast of text with what is behind it [1.4.3].
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (element) => {
    const layers = [];
    for (let box = element; box; box = box.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(box).backgroundColor);
      if (a > 0) layers.push([r, g, b, a]);
      if (a === 1) break;
    }
    const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
    return layers.reverse().reduce((under, [r, g, b, a]) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a)), canvas);
  };
  const told = new Set();
  const contrast = (element, color) => {
    const back = behind(element);
    const key = color + back;
    if (told.has(key)) return;
    const [a, b] = [light(channels(color)), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio >= (large ? 3 : 4.5)) return;
    told.add(key);
    say(`contrast ${ratio.toFixed(2)} of ${color} on ${back.map(Math.round)}`, element);
  };
  const checked = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || checked.has(element) || element.closest("style")) continue;
    checked.add(element);
    if (!shown(element)) continue;
    const style = getComputedStyle(element);
    contrast(element, element instanceof SVGElement ? style.fill : style.color);
  }
  return wrong;
})()
