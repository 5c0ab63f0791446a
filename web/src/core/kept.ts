/** A text that somebody typed and has not saved, as this browser keeps it: through reloads, crashes and a hub that is away. */
export interface KeptText {
  text: string;
  /** The version that it began from, and what that said. */
  version: string;
  content: string;
  at: number;
}

const prefix = 'leanspec-text ';

/** `place`: names project, branch, spec and file. */
const keyOf = (place: readonly string[]): string => prefix + JSON.stringify(place);

export function keptText(place: readonly string[]): KeptText | null {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(place)) ?? 'null') as Partial<KeptText> | null;
    return typeof kept?.text === 'string' && typeof kept.version === 'string' && typeof kept.content === 'string' ? { text: kept.text, version: kept.version, content: kept.content, at: Number(kept.at) || 0 } : null;
  } catch {
    return null;
  }
}

/** False: this browser has no room for it, or keeps nothing. */
export function keepText(place: readonly string[], kept: KeptText): boolean {
  try {
    localStorage.setItem(keyOf(place), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function dropText(place: readonly string[]): void {
  try {
    localStorage.removeItem(keyOf(place));
  } catch {
    // a browser that keeps nothing has nothing to drop
  }
}
