// Only one account is shown at a time. Without scripts all of them are.
const choice = document.querySelector<HTMLSelectElement>("#choice");
const articles = [...document.querySelectorAll<HTMLElement>("article")];
function show(id: string): void {
  for (const article of articles) article.hidden = article.id !== id;
}
/** The address can name an account, too: the overview links to them. */
function showAddressed(select: HTMLSelectElement): void {
  const [, asked = ""] = /^#(.+)$/.exec(location.hash) ?? [];
  if (articles.some(({ id }) => id === asked)) select.value = asked;
  show(select.value);
}

/** Shows the account that the list or the address names. */
export function chooseAccount(): void {
  if (!choice) return;
  choice.closest("nav")?.removeAttribute("hidden");
  choice.addEventListener("change", () => {
    history.replaceState(null, "", `#${choice.value}`);
    show(choice.value);
  });
  addEventListener("hashchange", () => showAddressed(choice));
  showAddressed(choice);
}
