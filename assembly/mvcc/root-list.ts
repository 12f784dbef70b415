/**
 * Lists of copies of roots that keep their address (collections, graphs): those that a view keeps as it saw them, and those that a
 * transaction has made its own. A list is a u32 in its owner's record, the address of its first block.
 *
 *   block (ROOT_BYTES under PURPOSE_SCRATCH)   {u32 next, u32 handle, u32 copy, u32 kind}
 *
 * Invariant: a list has at most one copy for a handle. Cost: O(1), finding one O(list).
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { allocate, release } from "../memory/allocator";

const ROOT_NEXT: usize = 0;
const ROOT_HANDLE: usize = 4;
const ROOT_COPY: usize = 8;
const ROOT_KIND: usize = 12;
const ROOT_BYTES: u32 = 16;

/** What becomes of a copy that has left its list. */
export type RootStep = (kind: u32, copy: usize) => void;

/** Puts a copy on a list. Returns false when there is no memory. Requires: the list has none for this handle. */
export function rootAdd(list: usize, handle: usize, copy: usize, kind: u32): bool {
  const root = allocate(ROOT_BYTES, PURPOSE_SCRATCH);
  if (!root) return false;
  store<u32>(root, load<u32>(list), ROOT_NEXT);
  store<u32>(root, <u32>handle, ROOT_HANDLE);
  store<u32>(root, <u32>copy, ROOT_COPY);
  store<u32>(root, kind, ROOT_KIND);
  store<u32>(list, <u32>root);
  return true;
}

/** The copy for a handle, or 0. */
export function rootFind(list: usize, handle: usize): usize {
  let root = <usize>load<u32>(list);
  while (root && <usize>load<u32>(root, ROOT_HANDLE) != handle) root = <usize>load<u32>(root, ROOT_NEXT);
  return root ? <usize>load<u32>(root, ROOT_COPY) : 0;
}

/** Takes all copies off a list: to another one (0: none) that has none for their handle, else through `step`. */
export function rootsTake(list: usize, other: usize, step: RootStep): void {
  while (load<u32>(list)) {
    const root = <usize>load<u32>(list);
    store<u32>(list, load<u32>(root, ROOT_NEXT));
    if (other && !rootFind(other, <usize>load<u32>(root, ROOT_HANDLE))) {
      store<u32>(root, load<u32>(other), ROOT_NEXT);
      store<u32>(other, <u32>root);
      continue;
    }
    step(load<u32>(root, ROOT_KIND), <usize>load<u32>(root, ROOT_COPY));
    release(root, PURPOSE_SCRATCH);
  }
}
