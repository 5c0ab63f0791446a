const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** Making a format costs a thousand times its use. */
function kept<T>(make: (language: string | undefined) => T): (language: string | undefined) => T {
  const made = new Map<string | undefined, T>();
  return (language) => {
    let format = made.get(language);
    if (format === undefined) made.set(language, (format = make(language)));
    return format;
  };
}
const relative = kept((language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto' }));
const absolute = kept((language) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }));

/** "3 hours ago", in the reader's language; within a minute: "now". */
export function ago(iso: string, now: number, language?: string): string {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return iso;
  const format = relative(language);
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, 'second');
}

/** The whole moment, for titles. */
export function moment(iso: string, language?: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : absolute(language).format(date);
}
