// In a group: as whom one writes, and in which topic of a forum.

import { make } from "./dom.js";
import { says } from "./words.js";

export class Desk {
  /** `speakAs(id)` is told of another voice, `turned()` of another topic. */
  constructor(speakAs, turned) {
    this.topics = [];
    this.voices = make("select");
    this.voices.addEventListener("change", () => speakAs(Number(this.voices.value)));
    this.threads = make("select");
    this.threads.addEventListener("change", turned);
    this.topicLabel = make("label", { hidden: true }, says(make("span"), "topic"), this.threads);
    this.element = make("div", { class: "desk" },
      make("label", {}, says(make("span"), "writeAs"), this.voices), this.topicLabel);
  }

  /** Offer these members and topics; says who writes now. */
  offer(members, topics, voice) {
    const writes = members.some((member) => member.id === voice) ? voice : (members[0]?.id ?? null);
    this.voices.replaceChildren(...members.map((member) =>
      make("option", { value: member.id, selected: member.id === writes }, member.first_name)));
    this.offerTopics(topics);
    return writes;
  }

  offerTopics(topics) {
    const { topic } = this;
    this.topics = topics;
    this.topicLabel.hidden = topics.length === 0;
    this.threads.replaceChildren(
      says(make("option", { value: "" }), "allTopics"),
      ...topics.map(({ thread_id: id, name }) => make("option", { value: id, selected: id === topic }, name)));
  }

  get topic() {
    return Number(this.threads.value) || null;
  }

  topicName(thread) {
    return this.topics.find((topic) => topic.thread_id === thread)?.name ?? "";
  }

  shows(thread) {
    return this.topic === null || this.topic === thread;
  }
}
