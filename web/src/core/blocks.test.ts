import { expect, test } from 'vitest';
import { Blocks } from './blocks';

function shown(): { element: HTMLElement; news: string[][]; blocks: Blocks } {
  const element = document.createElement('article');
  const news: string[][] = [];
  return { element, news, blocks: new Blocks(element, (come) => news.push(come.map((block) => block.textContent ?? ''))) };
}

test('only the block that changed is exchanged; the others stay the same elements', () => {
  const { element, news, blocks } = shown();
  blocks.show('<h2>A</h2><p>one</p><p>two</p>');
  const [heading, , last] = element.children;
  blocks.show('<h2>A</h2><p>ONE</p><p>two</p>');
  expect(element.textContent).toBe('AONEtwo');
  expect(element.children[0]).toBe(heading);
  expect(element.children[2]).toBe(last);
  expect(news).toEqual([['A', 'one', 'two'], ['ONE']]);
});

test.each([
  ['<p>a</p><p>b</p>', '<p>b</p>'],
  ['<p>a</p>', '<p>a</p><p>a</p><p>a</p>'],
  ['<p>a</p><p>a</p>', '<p>a</p>'],
  ['<p>a</p><p>b</p><p>c</p>', ''],
  ['', '<p>a</p>'],
  ['text <b>bold</b> tail', 'text <b>BOLD</b> tail'],
  ['<p>a</p>\n<p>b</p>\n', '<p>a</p>\nloose\n<p>b</p>\n'],
  ['<p>a</p><p>b</p><p>c</p>', '<p>c</p><p>x</p><p>a</p>'],
])('from %s to %s the page shows the second', (before, after) => {
  const { element, blocks } = shown();
  blocks.show(before);
  blocks.show(after);
  expect(element.innerHTML).toBe(after);
});

test('a block that only moved in the file keeps its element and learns its new line', () => {
  const { element, news, blocks } = shown();
  blocks.show('<ul><li><input type="checkbox" data-task="0" data-line="3"></li></ul>');
  const list = element.children[0];
  blocks.show('<p>new</p><ul><li><input type="checkbox" data-task="0" data-line="5"></li></ul>');
  expect(element.children[1]).toBe(list);
  expect(element.querySelector('input')?.dataset['line']).toBe('5');
  expect(news[1]).toEqual(['new']);
});
