import { ApiError, get, post, put } from '../core/api';
import { decide, type PlaceChoice } from '../core/draft';
import { dropText, keepText, keptText } from '../core/kept';
import type { Joined } from '../core/conflict';
import type { RawText, Version } from '../core/types';
import type { ProjectState } from './project.svelte';

/** What a text box gives back, so that only what somebody typed is a change. */
const oneLineEnd = (text: string): string => text.replace(/\r\n?/g, '\n');

/** Where this browser keeps what is typed into a file of a branch. */
export const placeOf = (project: ProjectState, spec: string, file: string): string[] => [project.id, project.branch, spec, file];

/**
 * One file's text while somebody edits it. What is typed is kept in this browser until the hub has it. A save names the version that the
 * text began from; if somebody else came between, the two are joined: by itself where that is possible, place by place where it is not.
 */
export class TextEdit {
  text = $state('');
  loaded = $state(false);
  busy = $state(false);
  trouble = $state('');
  /** Something to know, that is no trouble. */
  notice = $state('');
  /** Whether this browser keeps what is typed. */
  kept = $state(true);
  /** The text was found here, typed earlier and never saved. */
  found = $state<Date | null>(null);
  /** Both changed the same places: a person decides. Null otherwise. */
  collision = $state.raw<Joined | null>(null);
  choices = $state<PlaceChoice[]>([]);
  savedAt = $state<Date | null>(null);
  /** The version that the text goes on from, and what that says. */
  version = $state('');
  private content = $state('');
  private readonly place: readonly string[];

  constructor(
    private readonly project: ProjectState,
    private readonly spec: string,
    private readonly file: string,
  ) {
    this.place = placeOf(project, spec, file);
  }

  get changed(): boolean {
    return this.loaded && this.text !== this.content;
  }

  get decided(): boolean {
    return this.choices.every((choice) => choice.take !== '');
  }

  private url(what: string): string {
    return this.project.specUrl(this.spec, this.file === '' ? what : `subspecs/${encodeURIComponent(this.file)}/${what}`);
  }

  /** Begins with what was typed here earlier, if it never reached the hub; else with the file. */
  async load(): Promise<void> {
    this.trouble = '';
    const kept = keptText(this.place);
    if (kept && kept.text !== kept.content) {
      this.begin(kept.version, kept.content, kept.text);
      this.found = new Date(kept.at);
      return;
    }
    try {
      const raw = await get<RawText>(this.url('raw'));
      this.begin(raw.version, oneLineEnd(raw.content));
    } catch (failure) {
      this.say(failure);
    }
  }

  type(text: string): void {
    this.text = text;
    this.keep();
  }

  /** Leaves what was typed: it is gone then. */
  async discard(): Promise<void> {
    dropText(this.place);
    this.found = null;
    this.collision = null;
    this.notice = '';
    await this.load();
  }

  async save(): Promise<void> {
    if (this.busy || this.collision || !this.changed) return;
    this.busy = true;
    this.trouble = '';
    this.notice = '';
    const sent = this.text;
    try {
      const answer = await put<RawText>(this.url('raw'), { content: sent, expectedVersion: this.version });
      this.begin(answer.version, sent, this.text);
      this.found = null;
      this.savedAt = new Date();
    } catch (failure) {
      if (failure instanceof ApiError && failure.status === 409) await this.join();
      else if (failure instanceof ApiError && failure.status === 404) await this.join();
      else this.say(failure);
    } finally {
      this.busy = false;
    }
  }

  /** The text that the choices make is what is typed from now on, on top of the other's; it is saved by the person. */
  useChoices(): void {
    const head = this.collision?.head;
    const text = this.collision && decide(this.collision.draft, this.collision.places, this.choices);
    if (!head || text == null) return;
    this.takeOver(head, this.collision?.headText ?? null, this.content.startsWith('\uFEFF') ? `\uFEFF${text}` : text);
    this.notice = 'This is the text of your choices. Look it over, then save it.';
  }

  /** Of two texts that cannot be joined: ours as it is. */
  useMine(): void {
    if (this.collision?.head) this.takeOver(this.collision.head, this.collision.headText, this.text);
    this.notice = 'Saving puts your text in the place of the other; that one stays in the history.';
  }

  useTheirs(): void {
    const head = this.collision?.head;
    if (!head) return;
    this.begin(head.version, oneLineEnd(this.collision?.headText ?? ''));
  }

  /** It was deleted meanwhile: the version that the text began from comes back, and the text goes on from there. */
  async bringBack(): Promise<void> {
    const tombstone = this.collision?.head;
    this.busy = true;
    try {
      const made = await post<Version>(this.project.url(`versions/${this.version}/restore`), tombstone ? { expectedVersion: tombstone.version } : {});
      this.takeOver(made, null, this.text);
      this.notice = 'The document is back. Save your text.';
    } catch (failure) {
      this.say(failure);
    } finally {
      this.busy = false;
    }
  }

  /** Somebody else's version stands at the hub: what is it, and does ours fit? Answers nothing; the state says it. */
  private async join(): Promise<void> {
    try {
      const joined = await post<Joined>(this.project.url(`versions/${this.version}/join`), { content: this.text });
      const head = joined.head;
      if (joined.state === 'same' && head) {
        this.begin(head.version, this.text);
        this.savedAt = new Date();
      } else if (joined.state === 'merges' && head) {
        this.takeOver(head, joined.headText, oneLineEnd(joined.mergedText ?? this.text));
        this.notice = 'Somebody else has saved meanwhile. Both edits fit together: this is the text with both. Look it over, then save it.';
      } else {
        this.choices = joined.places.map(() => ({ take: '', text: '' }));
        this.collision = joined;
      }
    } catch (failure) {
      this.say(failure);
    }
  }

  /** What the hub has of `head` is the ground from now on, and `text` stands on it, unsaved. */
  private takeOver(head: Version, headText: string | null, text: string): void {
    this.collision = null;
    this.choices = [];
    this.version = head.version;
    // Unknown is no text: whatever stands in the box differs from it, and can be saved.
    this.content = headText === null ? '\0' : oneLineEnd(headText);
    this.text = text;
    this.keep();
  }

  private begin(version: string, content: string, text = content): void {
    this.version = version;
    this.content = content;
    this.text = text;
    this.loaded = true;
    this.collision = null;
    this.keep();
  }

  private keep(): void {
    if (this.text === this.content) {
      dropText(this.place);
      this.kept = true;
    } else {
      this.kept = keepText(this.place, { text: this.text, version: this.version, content: this.content, at: Date.now() });
    }
  }

  private say(failure: unknown): void {
    this.trouble = failure instanceof Error ? failure.message : String(failure);
  }
}
