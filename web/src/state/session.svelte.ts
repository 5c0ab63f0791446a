import { loadSession, post, remove } from '../core/api';
import type { SessionInfo } from '../core/types';

/** Who is signed in here. `info` is null until the hub has said. */
class Session {
  info = $state.raw<SessionInfo | null>(null);
  trouble = $state('');

  async load(): Promise<void> {
    try {
      this.info = await loadSession();
      this.trouble = '';
    } catch (failure) {
      this.trouble = failure instanceof Error ? failure.message : String(failure);
    }
  }

  async setUp(token: string, name: string, password: string): Promise<void> {
    await post('/api/setup', { token, name, password });
    await this.load();
  }

  async signIn(name: string, password: string): Promise<void> {
    await post('/api/session', { name, password });
    await this.load();
  }

  async signInByLink(token: string): Promise<void> {
    await post('/api/session/link', { token });
    await this.load();
  }

  async signOut(): Promise<void> {
    await remove('/api/session');
    await this.load();
  }
}

export const session = new Session();
