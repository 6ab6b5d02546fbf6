/**
 * Makes an element. Text only ever becomes text nodes, so nothing that a list holds is taken for markup.
 * @param {string} name tag, with classes: `p.reason.large`
 * @param {Record<string, string | number | boolean | null>} [attributes] null and false are left out
 * @param {...(Node | string | null)} children
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}
