export type Theme = 'system' | 'light' | 'dark';

const key = 'leanspec-theme';

/** Light, dark, or what the system says. */
class ThemeChoice {
  value = $state<Theme>('system');

  constructor() {
    const stored = localStorage.getItem(key);
    if (stored === 'light' || stored === 'dark') this.set(stored);
  }

  set(theme: Theme): void {
    this.value = theme;
    if (theme === 'system') {
      localStorage.removeItem(key);
      delete document.documentElement.dataset['theme'];
    } else {
      localStorage.setItem(key, theme);
      document.documentElement.dataset['theme'] = theme;
    }
  }
}

export const theme = new ThemeChoice();
