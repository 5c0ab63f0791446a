// A spec's text edited in the browser while a machine edits the same file: nothing typed is lost. Every wait is for an event.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inAllLooks } from './looks.mjs';
import { eventually, spec, World } from './world.mjs';

describe('editing the text in the web app', () => {
  let world;
  let page;
  const onDisk = (path) => readFileSync(join(world.specs, path), 'utf8');
  const first = spec('First', {}, 'Above.\n\n- [ ] one\n- [x] two\n\nIn the middle.\n\nBelow.');
  const url = '/projects/demo/specs/001-first';
  const box = () => page.getByRole('textbox', { name: 'The text of README.md' });
  const put = (text) => world.save('001-first/README.md', text);
  const atHub = (text) => eventually(`the hub has ${text}`, async () => (await (await page.request.get('/api/projects/demo/specs/001-first/raw')).text()).includes(text));

  before(async () => {
    world = await World.make();
    put(first);
    world.save('001-first/DESIGN.md', '# Design\r\n\r\nWindows.\r\n');
    page = await world.signedInPage();
    await world.startBridge('laptop', world.specs, 'demo', 'two-way');
    await page.goto(url);
    await page.getByRole('heading', { level: 1, name: 'First' }).waitFor();
  });
  after(() => world?.end());

  test('by keyboard alone: e begins, the preview follows, Ctrl S saves down to the disk, Escape and Tab leave', async () => {
    await page.keyboard.press('e');
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA');
    assert.equal(await box().inputValue(), first);
    await box().evaluate((area) => area.setSelectionRange(area.value.indexOf('- [x] two') + 9, area.value.indexOf('- [x] two') + 9));
    await page.keyboard.press('Enter');
    await page.keyboard.type('three');
    await page.keyboard.press('Tab');
    assert.ok((await box().inputValue()).includes('- [x] two\n- [ ] three  \n'), 'a new box, and Tab stays in the text');
    await page.keyboard.press('Control+z');
    await page.getByRole('region', { name: 'Preview' }).getByText('three').waitFor();
    await inAllLooks(page, 'editor');
    await page.keyboard.press('Control+s');
    await page.getByText('Saved', { exact: true }).waitFor();
    await eventually('the disk has it', () => onDisk('001-first/README.md') === first.replace('- [x] two\n', '- [x] two\n- [ ] three\n'));
    await box().focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'TEXTAREA');
    await page.goBack();
    await page.getByRole('button', { name: 'Edit text' }).waitFor();
  });

  test('the preview says what is wrong in the frontmatter, and runs nothing', async () => {
    await page.getByRole('button', { name: 'Edit text' }).click();
    const before = await box().inputValue();
    await box().fill('---\nstatus: bogus\n---\n# First\n\n<img src="x" onerror="window.bad=1"><script>window.bad=2</script>');
    await page.getByRole('list', { name: 'Problems in the text' }).waitFor();
    assert.equal(await page.evaluate(() => window.bad), undefined);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.waitForFunction((text) => document.querySelector('textarea')?.value === text, before);
    await page.getByText('Not saved').waitFor({ state: 'detached' });
  });

  test('what is typed outlives a reload and a hub that is away', async () => {
    await box().fill(onDisk('001-first/README.md').replace('Above.', 'Above, typed.'));
    await world.hub.stop('SIGKILL');
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').getByText('Your text is still here').waitFor();
    await world.startHub();
    await page.reload();
    await page.getByText('and did not save').waitFor();
    assert.ok((await box().inputValue()).includes('Above, typed.'));
    await page.getByRole('button', { name: 'Close, keep for later' }).click();
    await page.getByRole('button', { name: 'Go on with it' }).click();
    await page.getByText('and did not save').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await eventually('the disk has it', () => onDisk('001-first/README.md').includes('Above, typed.'));
  });

  test('a machine that saves meanwhile is joined: by itself elsewhere in the text, by a person at the same place', async () => {
    const now = onDisk('001-first/README.md');
    await box().fill(now.replace('Below.', 'Below, by me.'));
    put(now.replace('In the middle.', 'In the middle, by the laptop.'));
    await page.getByText('laptop has changed this file since you began').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('Both edits fit together').waitFor();
    assert.ok((await box().inputValue()).includes('by the laptop') && (await box().inputValue()).includes('by me'));
    await page.keyboard.press('Control+s');
    await eventually('the disk has both', () => onDisk('001-first/README.md').includes('by the laptop') && onDisk('001-first/README.md').includes('Below, by me.'));

    await page.getByText('Saved', { exact: true }).waitFor();
    const then = onDisk('001-first/README.md');
    await box().fill(then.replace('Above, typed.', 'Above, as I say.'));
    put(then.replace('Above, typed.', 'Above, as the laptop says.'));
    await atHub('as the laptop says');
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { name: 'laptop has saved meanwhile' }).waitFor();
    await inAllLooks(page, 'collision');
    await page.reload();
    await page.getByText('and did not save').waitFor(); // still here
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { name: 'laptop has saved meanwhile' }).waitFor();
    await page.getByLabel(/^Both, one after the other/).check();
    await page.getByRole('button', { name: 'Use these choices' }).click();
    await page.getByText('the text of your choices').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await eventually('the disk has both', () => /as the laptop says\.\nAbove, as I say\./.test(onDisk('001-first/README.md')));
  });

  test('a file of a spec keeps its line ends', async () => {
    await page.goto(`${url}/DESIGN.md?edit=`);
    const text = page.getByRole('textbox', { name: 'The text of DESIGN.md' });
    await text.fill('# Design\n\nWindows and more.\n');
    await page.keyboard.press('Control+s');
    await eventually('the disk has it', () => onDisk('001-first/DESIGN.md') === '# Design\r\n\r\nWindows and more.\r\n');
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.goto(`${url}?edit=`);
    await box().fill((await box().inputValue()).replace('Below', 'Down below'));
    assert.deepEqual(page.complaints, []);
  });
});
