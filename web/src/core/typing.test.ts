import { expect, test } from 'vitest';
import { indent, newLine, type Replacement, type Selected } from './typing';

/** A text with its selection marked: `|` a place, or `[` and `]` around it. */
function marked(text: string): Selected {
  const place = text.indexOf('|');
  if (place >= 0) return { text: text.replace('|', ''), start: place, end: place };
  const start = text.indexOf('<');
  return { text: text.replace(/[<>]/g, ''), start, end: text.indexOf('>') - 1 };
}
function after(selected: Selected, done: Replacement | null): string {
  if (!done) return 'nothing';
  const text = selected.text.slice(0, done.from) + done.insert + selected.text.slice(done.to);
  return done.start === done.end ? `${text.slice(0, done.start)}|${text.slice(done.start)}` : `${text.slice(0, done.start)}<${text.slice(done.start, done.end)}>${text.slice(done.end)}`;
}

test.each([
  ['a|b', false, 'a  |b'],
  ['- a\n<- b\n- c>\nd', false, '- a\n  <- b\n  - c>\nd'],
  ['<a\n\nb\n>c', false, '  <a\n\n  b\n>c'],
  ['  a|b', true, 'a|b'],
  ['<  a\n b\nc>', true, '<a\nb\nc>'],
  ['\ta|', true, 'a|'],
  ['a|', true, 'nothing'],
])('Tab in %j (out: %s)', (text, out, expected) => {
  expect(after(marked(text), indent(marked(text), out))).toBe(expected);
});

test.each([
  ['- a|', '- a\n- |'],
  ['- [x] done|', '- [x] done\n- [ ] |'],
  ['  9. a|b', '  9. a\n  10. |b'],
  ['1) a|', '1) a\n2) |'],
  ['x\n- |', 'x\n|'],
  ['- [ ] |\nmore', '|\nmore'],
  ['    code|', '    code\n    |'],
  ['plain|', 'nothing'],
  ['  |', 'nothing'],
  ['<a>', 'nothing'],
])('Enter in %j', (text, expected) => {
  expect(after(marked(text), newLine(marked(text)))).toBe(expected);
});
