// A page as people see it: kept as a picture where LEANSPEC_PICTURES names a folder, in both themes, wide and on a phone.
import { join } from 'node:path';
import { assertAccessible, assertFits } from './axe.mjs';

export async function picture(of, name) {
  if (process.env.LEANSPEC_PICTURES) await of.screenshot({ path: join(process.env.LEANSPEC_PICTURES, `${name}.png`) });
}

export async function inAllLooks(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const [width, height] of [[1280, 900], [390, 844]]) {
      await page.setViewportSize({ width, height });
      await picture(page, `${name}-${width}-${colorScheme}`);
      await assertAccessible(page, `${name}, ${width}, ${colorScheme}`);
      await assertFits(page, `${name}, ${width}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}
