/**
 * The little that the views need of the DOM: making elements, and finding those of index.html.
 *
 * Text always becomes a text node, so a reply can hold any markup without being taken for it.
 */

/** An element with a class and children; strings become text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

/** A button that does not submit. */
export function button(className: string, text: string, onPress: () => void): HTMLButtonElement {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", onPress);
  return made;
}

/** The element of index.html with this id. Throws a TypeError if it is not there, or of another kind. */
export function find<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(`index.html has no ${kind.name} with the id ${id}`);
}
