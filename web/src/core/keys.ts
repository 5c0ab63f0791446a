/** Keyboard shortcuts: single keys and `g x` sequences, never while somebody types or an input method composes. */
export interface Shortcut {
  keys: string; // "k", "g b", "mod+k"
  what: string; // shown in the help
  run: (event: KeyboardEvent) => void;
}

const sequenceWithinMs = 1_000;

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && ['radio', 'checkbox'].includes(target.type)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** Listens on `document` until the returned function is called. */
export function listen(shortcuts: () => readonly Shortcut[]): () => void {
  let first = '';
  let firstAt = 0;
  const onKey = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    const mod = event.metaKey || event.ctrlKey;
    if (!mod && isTyping(event.target)) return;
    if (event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const combined = mod ? `mod+${key}` : key;
    const sequence = event.timeStamp - firstAt < sequenceWithinMs ? `${first} ${combined}` : combined;
    const found =
      shortcuts().find((shortcut) => shortcut.keys === sequence) ?? shortcuts().find((shortcut) => shortcut.keys === combined);
    first = found ? '' : combined;
    firstAt = event.timeStamp;
    if (!found) return;
    event.preventDefault();
    found.run(event);
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
