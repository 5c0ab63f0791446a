/** The minute hand: what shows "3 minutes ago" reads this, and all move together. */
class MinuteClock {
  now = $state(Date.now());

  constructor() {
    setInterval(() => (this.now = Date.now()), 30_000);
  }
}

export const clock = new MinuteClock();
