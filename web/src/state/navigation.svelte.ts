import { locate, pathOf, type Location } from '../core/router';

/** Where the app is. Changed only by `go` and the browser's own buttons. */
class Navigation {
  location = $state.raw<Location>(locate(new URL(window.location.href)));

  constructor() {
    window.addEventListener('popstate', () => this.read());
  }

  go(path: string, options: { replace?: boolean; keepScroll?: boolean } = {}): void {
    if (options.replace) history.replaceState(null, '', path);
    else history.pushState(null, '', path);
    this.read();
    if (!options.keepScroll) window.scrollTo(0, 0);
  }

  /** The same page with another query: a filter changed. */
  query(query: URLSearchParams): void {
    this.go(pathOf(this.location.name, this.location.parameters, query), { replace: true, keepScroll: true });
  }

  private read(): void {
    this.location = locate(new URL(window.location.href));
  }
}

export const navigation = new Navigation();

/** Lets a click on a link inside the app change the page without loading it anew. */
export function onLinkClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest('a');
  if (!link || link.target !== '' || link.origin !== window.location.origin || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.pathname.startsWith('/api/')) return;
  const samePage = url.pathname === window.location.pathname && url.search === window.location.search;
  if (samePage && url.hash !== '') return;
  event.preventDefault();
  navigation.go(url.pathname + url.search + url.hash);
}
