import { carryBranch, locate, onPickedBranch, pathOf, type Location } from '../core/router';

const storageKey = 'leanspec-places';
/** How long a page may take to be tall enough again for the place where the reader left it. */
const restoreWithinMs = 3_000;

/** Tells the entries of one tab's history apart. */
const newKey = (): string => `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;

interface Entry {
  key: string;
}

/** Where the app is. Changed only by `go` and the browser's own buttons; those also lead back to where the reader was on the page. */
class Navigation {
  location = $state.raw<Location>(locate(new URL(window.location.href)));
  /** Counts the pages gone to: raised when another page is shown, not when only the query changed. */
  visit = $state(0);
  private places = new Map<string, number>();
  private key: string;
  private stopRestoring: () => void = () => {};

  constructor() {
    history.scrollRestoration = 'manual';
    try {
      this.places = new Map(JSON.parse(sessionStorage.getItem(storageKey) ?? '[]') as [string, number][]);
    } catch {
      // what another version of the app left behind
    }
    carryBranch(this.location);
    const entry = history.state as Entry | null;
    this.key = entry?.key ?? newKey();
    if (entry) this.restore();
    else history.replaceState({ key: this.key }, '');
    window.addEventListener('popstate', (event) => {
      this.leave();
      const next = (event.state as Entry | null)?.key;
      this.key = next ?? newKey();
      if (!next) history.replaceState({ key: this.key }, '');
      this.read();
      this.restore();
    });
    window.addEventListener('pagehide', () => {
      this.leave();
      sessionStorage.setItem(storageKey, JSON.stringify([...this.places].slice(-100)));
    });
  }

  go(path: string, options: { replace?: boolean; keepScroll?: boolean } = {}): void {
    this.leave();
    if (!options.replace) this.key = newKey();
    const entry: Entry = { key: this.key };
    if (options.replace) history.replaceState(entry, '', path);
    else history.pushState(entry, '', path);
    this.read();
    if (!options.keepScroll) window.scrollTo(0, 0);
  }

  /** The same page with another query: a filter changed. */
  query(query: URLSearchParams): void {
    this.go(pathOf(this.location.name, this.location.parameters, query), { replace: true, keepScroll: true });
  }

  /** The same page on a branch that a person picked; null: on the one that was edited last. */
  pick(branch: string | null): void {
    const query = new URLSearchParams(this.location.query);
    query.delete('branch');
    if (branch !== null) query.set('branch', branch);
    carryBranch({ ...this.location, query });
    this.go(pathOf(this.location.name, this.location.parameters, query), { keepScroll: true });
  }

  private read(): void {
    const next = locate(new URL(window.location.href));
    carryBranch(next);
    const same = next.name === this.location.name && JSON.stringify(next.parameters) === JSON.stringify(this.location.parameters);
    this.location = next;
    if (!same) this.visit += 1;
  }

  private leave(): void {
    this.stopRestoring();
    this.places.set(this.key, window.scrollY);
  }

  /** Scrolls to where this entry was left, as soon as the page is tall enough again, unless the reader moves first. */
  private restore(): void {
    const place = this.places.get(this.key) ?? 0;
    const attempt = (): void => {
      if (document.documentElement.scrollHeight - window.innerHeight < place) return;
      window.scrollTo(0, place);
      stop();
    };
    const observer = new ResizeObserver(attempt);
    const timer = setTimeout(() => stop(), restoreWithinMs);
    const moves = ['wheel', 'touchstart', 'keydown'] as const;
    const stop = (): void => {
      observer.disconnect();
      clearTimeout(timer);
      for (const move of moves) window.removeEventListener(move, stop);
      this.stopRestoring = () => {};
    };
    for (const move of moves) window.addEventListener(move, stop, { passive: true });
    this.stopRestoring = stop;
    observer.observe(document.body);
  }
}

export const navigation = new Navigation();

/** Lets a click on a link inside the app change the page without loading it anew. */
export function onLinkClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest('a');
  if (!link?.href || link.target !== '' || link.origin !== window.location.origin || link.hasAttribute('download')) return;
  const url = onPickedBranch(new URL(link.href));
  if (url.pathname.startsWith('/api/')) return;
  const samePage = url.pathname === window.location.pathname && url.search === window.location.search;
  if (samePage && url.hash !== '') return;
  event.preventDefault();
  navigation.go(url.pathname + url.search + url.hash);
}
