// The table of justified differences in docs/leanspec-api.md: `route` | `place`, `place` | theirs | ours | why.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../../docs/leanspec-api.md', import.meta.url));

/** `*` stands for any number of characters; everything else for itself. */
const pattern = (text) => new RegExp(`^${text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

const codes = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]);

export function justified(text = readFileSync(page, 'utf8')) {
  const rows = [];
  for (const line of text.split('\n')) {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.replaceAll('\\|', '|').trim());
    if (cells.length !== 7 || !cells[1].startsWith('`')) continue;
    for (const route of codes(cells[1])) {
      for (const place of codes(cells[2])) {
        if (!cells[5]) throw new Error(`docs/leanspec-api.md gives no reason for ${route} | ${place}`);
        rows.push({ name: `${route} | ${place}`, pattern: pattern(`${route} | ${place}`), used: false });
      }
    }
  }
  return {
    explains(key) {
      const fitting = rows.filter((row) => row.pattern.test(key));
      for (const row of fitting) row.used = true;
      return fitting.length > 0;
    },
    unused: () => rows.filter((row) => !row.used).map((row) => row.name),
  };
}
