import { afterEach, expect, test, vi } from 'vitest';
import { listen } from './keys';

let stop = (): void => {};
afterEach(() => stop());

function press(key: string, options: KeyboardEventInit = {}, target: EventTarget = document.body): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...options }));
}

test('single keys, sequences and modifiers find their action', () => {
  const ran = vi.fn();
  stop = listen(() => [
    { keys: 'j', what: '', run: () => ran('j') },
    { keys: 'g b', what: '', run: () => ran('g b') },
    { keys: 'mod+k', what: '', run: () => ran('mod+k') },
  ]);
  press('j');
  press('g');
  press('b');
  press('b');
  press('k', { ctrlKey: true });
  expect(ran.mock.calls.flat()).toEqual(['j', 'g b', 'mod+k']);
});

test('nothing happens while somebody types, but for combinations', () => {
  const ran = vi.fn();
  stop = listen(() => [
    { keys: 'j', what: '', run: () => ran('j') },
    { keys: 'mod+k', what: '', run: () => ran('mod+k') },
  ]);
  const input = document.createElement('input');
  document.body.append(input);
  press('j', {}, input);
  press('k', { metaKey: true }, input);
  expect(ran.mock.calls.flat()).toEqual(['mod+k']);
  input.remove();
});
