import type { LanguageFn } from 'highlight.js';

type Loader = () => Promise<{ default: LanguageFn }>;

/** Loaded one by one, when a page has such code. Names that people write lead to the grammar that reads them. */
const loaders: Record<string, Loader> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  go: () => import('highlight.js/lib/languages/go'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  python: () => import('highlight.js/lib/languages/python'),
  rust: () => import('highlight.js/lib/languages/rust'),
  sql: () => import('highlight.js/lib/languages/sql'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};
const aliases: Record<string, string> = {
  sh: 'bash', shell: 'bash', zsh: 'bash', console: 'bash', js: 'javascript', jsx: 'javascript', mjs: 'javascript', ts: 'typescript',
  tsx: 'typescript', py: 'python', rs: 'rust', html: 'xml', svelte: 'xml', vue: 'xml', yml: 'yaml', md: 'markdown', jsonc: 'json', json5: 'json',
};

/** Longer code is left plain: colouring it would hold up the page. */
const longest = 50_000;

export async function highlightIn(elements: readonly HTMLElement[]): Promise<void> {
  const blocks = elements.flatMap((element) => [...element.querySelectorAll<HTMLElement>('code[class*="language-"]')]).filter(
    (block) => block.parentElement?.tagName === 'PRE' && (block.textContent?.length ?? 0) <= longest,
  );
  if (blocks.length === 0) return;
  const { default: hljs } = await import('highlight.js/lib/core');
  for (const block of blocks) {
    const said = /language-([\w+-]+)/.exec(block.className)?.[1]?.toLowerCase() ?? '';
    const language = aliases[said] ?? said;
    const load = loaders[language];
    if (!load || block.dataset['highlighted']) continue;
    if (!hljs.getLanguage(language)) hljs.registerLanguage(language, (await load()).default);
    hljs.highlightElement(Object.assign(block, { className: `language-${language}` }));
  }
}
