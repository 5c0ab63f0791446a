import { expect, test } from 'vitest';
import { titlePieces } from './title';

test.each([
  ['Plain', [['Plain', false]]],
  ['`leanspec run` and more', [['leanspec run', true], [' and more', false]]],
  ['a lone ` stays', [['a lone ` stays', false]]],
  ['``', [['``', false]]],
])('%s', (title, pieces) => {
  expect(titlePieces(title).map((piece) => [piece.text, piece.code])).toEqual(pieces);
});
