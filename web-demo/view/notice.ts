/**
 * The message in the console's place when the database cannot be opened: what is wrong, what to do, and buttons for it.
 */
import { button, element } from "./element.ts";

export interface NoticeText {
  readonly title: string;
  readonly text: string;
  /** The error's own words, if they say more. */
  readonly detail?: string;
}

export interface NoticeAction {
  readonly label: string;
  readonly act: () => void;
}

/** Fills the notice and shows it; the first action has the focus. */
export function showNotice(root: HTMLElement, { title, text, detail }: NoticeText, actions: readonly NoticeAction[]): void {
  const buttons = actions.map(({ label, act }, index) => button(index === 0 ? "action first" : "action", label, act));
  const words = [element("h2", "", title), element("p", "", text)];
  if (detail !== undefined) words.push(element("p", "detail", detail));
  root.replaceChildren(element("div", "card", ...words, element("div", "actions", ...buttons)));
  root.hidden = false;
  buttons[0]?.focus();
}

export function hideNotice(root: HTMLElement): void {
  root.hidden = true;
  root.replaceChildren();
}
