import { expect, test } from 'vitest';
import { decide, joinPieces, shortened, type PlaceChoice } from './draft';
import type { DraftPiece, Place } from './conflict';

const side = (text: string) => ({ begin: 1, lines: 1, text });
const place = (index: number, ours: string, theirs: string, base = ''): Place => ({ index, kind: 'text', field: null, name: '', why: '', both: true, base: side(base), ours: side(ours), theirs: side(theirs) });
const draft: DraftPiece[] = [{ text: 'a\n' }, { place: 0 }, { text: 'b\n' }, { place: 1 }];
const places = [place(0, 'one\n', 'two\n', 'none\n'), place(1, 'end', 'end too')];
const take = (...takes: (PlaceChoice['take'] | { text: string })[]): PlaceChoice[] => takes.map((one) => (typeof one === 'object' ? { take: 'text', text: one.text } : { take: one, text: '' }));

test('neighbouring texts are one, and a long equal stretch is shown by its ends', () => {
  expect(joinPieces([{ text: 'a' }, { text: 'b' }, { place: 0 }])).toEqual([{ text: 'ab' }, { place: 0 }]);
  expect(shortened('1\n2\n3\n4\n5\n6\n7\n8\n', false, false)).toEqual({ before: '1\n2\n3', skipped: 2, after: '6\n7\n8' });
  expect(shortened('1\n2\n', false, false)).toEqual({ before: '1\n2', skipped: 0, after: '' });
});

test.each([
  [take('ours', 'theirs'), 'a\none\nb\nend too'],
  [take('both', 'both'), 'a\none\ntwo\nb\nend\nend too'],
  [take('base', 'ours'), 'a\nnone\nb\nend'],
  [take({ text: 'mine' }, { text: 'last' }), 'a\nmine\nb\nlast'],
  [take({ text: '' }, 'ours'), 'a\nb\nend'],
])('every place decided makes the text (%#)', (choices, text) => {
  expect(decide(draft, places, choices)).toBe(text);
});

test('while a place is open there is no text', () => {
  expect(decide(draft, places, take('ours', ''))).toBeNull();
  expect(decide(draft, places, take('ours'))).toBeNull();
});
