import { expect, test } from 'vitest';
import { coalesce } from './coalesce';

test('calls during a reading become one more reading, and a failure does not stop the next', async () => {
  let runs = 0;
  const gates: (() => void)[] = [];
  const ask = coalesce(async () => {
    runs += 1;
    await new Promise<void>((resolve) => gates.push(resolve));
    if (runs === 3) throw new Error('once');
  });
  const first = ask();
  void ask();
  void ask();
  gates[0]?.();
  await Promise.resolve().then(() => Promise.resolve());
  expect(runs).toBe(2);
  gates[1]?.();
  await first;
  const third = ask();
  gates[2]?.();
  await expect(third).rejects.toThrow('once');
  const fourth = ask();
  expect(runs).toBe(4);
  gates[3]?.();
  await fourth;
});
