import { loadSession, post, remove } from '../core/api';
import type { SessionInfo } from '../core/types';

/** Who is signed in here. `info` is null until the hub has said. */
class Session {
  info = $state.raw<SessionInfo | null>(null);
  trouble = $state('');
  /** Projects that have what a repository has, and are changed there. */
  mirrored = $state.raw<ReadonlySet<string>>(new Set());

  async load(): Promise<void> {
    try {
      this.info = await loadSession();
      this.trouble = '';
    } catch (failure) {
      this.trouble = failure instanceof Error ? failure.message : String(failure);
    }
  }

  /** Whether the person may change the project's specs. The hub decides; this only keeps what it would refuse from being offered. */
  mayWrite(project: string): boolean {
    if (this.mirrored.has(project)) return false;
    const role = this.info?.roles[project];
    return role === 'editor' || role === 'owner';
  }

  /** A project came that was not there when the roles were asked for. */
  async knows(projects: readonly string[]): Promise<void> {
    if (this.info?.user && projects.some((project) => !(project in (this.info?.roles ?? {})))) await this.load();
  }

  /** Whether the person may decide about the project itself: what it follows, who reads it. */
  mayManage(project: string): boolean {
    return this.administrator || this.info?.roles[project] === 'owner';
  }

  get administrator(): boolean {
    return this.info?.user?.administrator === true;
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
