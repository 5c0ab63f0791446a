/** Attributes that tell where in the file a block comes from; they move without the block having changed. */
const places = ['data-line', 'data-task'] as const;
const placesInText = / data-(?:line|task)="\d+"/g;

/**
 * Shows rendered text in an element and, when it changes, exchanges only the blocks that did: the reader's place, selection and
 * opened details stay, and `onBlocks` learns which blocks are new (all of them at first).
 */
export class Blocks {
  private sources: string[] = [];

  constructor(
    private readonly element: HTMLElement,
    private readonly onBlocks: (blocks: HTMLElement[], first: boolean) => void,
  ) {}

  show(html: string): void {
    const template = document.createElement('template');
    template.innerHTML = html;
    const next = [...template.content.childNodes];
    const sources = next.map(sourceOf);
    const shown = [...this.element.childNodes];
    const first = this.sources.length === 0;
    let head = 0;
    while (head < sources.length && head < this.sources.length && sources[head] === this.sources[head]) head += 1;
    let tail = 0;
    while (
      tail < sources.length - head && tail < this.sources.length - head &&
      sources[sources.length - 1 - tail] === this.sources[this.sources.length - 1 - tail]
    ) tail += 1;

    for (let i = 0; i < head; i += 1) moved(shown[i], next[i]);
    for (let i = 1; i <= tail; i += 1) moved(shown[shown.length - i], next[next.length - i]);
    for (const gone of shown.slice(head, shown.length - tail)) this.element.removeChild(gone);
    const come = next.slice(head, next.length - tail);
    const before = shown[shown.length - tail] ?? null;
    for (const block of come) this.element.insertBefore(block, before);
    this.sources = sources;
    this.onBlocks(come.filter((node) => node instanceof HTMLElement), first);
  }
}

function sourceOf(node: Node): string {
  return node instanceof Element ? node.outerHTML.replace(placesInText, '') : (node.textContent ?? '');
}

/** The same block at another place of the file: its marks follow. */
function moved(shown: Node | undefined, next: Node | undefined): void {
  if (!(shown instanceof Element) || !(next instanceof Element)) return;
  for (const place of places) {
    const having = (root: Element): Element[] => [...(root.hasAttribute(place) ? [root] : []), ...root.querySelectorAll(`[${place}]`)];
    const from = having(next);
    for (const [i, element] of having(shown).entries()) {
      const value = from[i]?.getAttribute(place);
      if (value != null) element.setAttribute(place, value);
    }
  }
}
