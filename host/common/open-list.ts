/**
 * What is open just now, in no order: transactions come and go so often that a Set, which hashes what it holds, would cost more than
 * what it is asked for. Each item knows its position, so that all is O(1).
 */

/** What can stand in such a list, one at a time. */
export interface Listed {
  /** Where it stands; -1: in none. Written by the list alone. */
  position: number;
}

export class OpenList<T extends Listed> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Requires: the item is in no other list. */
  add(item: T): void {
    if (item.position >= 0) return;
    item.position = this.#items.length;
    this.#items.push(item);
  }

  /** Takes an item out, if it is in. */
  delete(item: T): void {
    const { position } = item;
    if (position < 0) return;
    item.position = -1;
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#items[position] = last;
    last.position = position;
  }

  /** Those that are in it now, whatever comes and goes meanwhile. */
  all(): readonly T[] {
    return [...this.#items];
  }
}
