// Makes elements of the page: children are elements or texts, and never markup, so data cannot become part of the page.

/** Makes an element; children that are null are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function button(className, text, whenClicked) {
  const made = element("button", { type: "button", class: className }, text);
  made.addEventListener("click", whenClicked);
  return made;
}
