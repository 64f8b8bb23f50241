// The form that makes a link for a class.  Where the link leads is nbgitpuller's documented pattern:
// HUB/hub/user-redirect/git-pull?repo=…&branch=…&urlpath=…, the last one within the student's server.
"use strict";
{
  const form = document.querySelector("form.hub-link");
  const { hub, repository, branch, chapter } = form.elements;
  const [said, copy] = form.querySelectorAll(".made > *");
  const link = document.createElement("a");
  const home = document.querySelector('meta[name="repository"]');

  // An address of the web; or throws the sentence that says why this is none.
  function address(text, example) {
    let url;
    try { url = new URL(text.trim()); } catch {}
    if (!url || !/^https?:$/.test(url.protocol)) throw `This is not the address of a web page. It begins with https://, such as ${example}.`;
    if (url.username || url.password) throw "Leave out the name and the password: all who get the link could read them.";
    return url;
  }

  const READ = {
    hub() {
      const { origin, pathname } = address(hub.value, "https://hub.example.edu");
      return origin + pathname.replace(/\/(hub|user)(\/.*)?$/, "").replace(/\/+$/, "");
    },
    repository() {
      const { origin, pathname } = address(repository.value, "https://github.com/OWNER/NAME");
      if (!/[^/]/.test(pathname)) throw "This is a host. Add the repository on it, such as https://github.com/OWNER/NAME.";
      return origin + pathname.replace(/\/+$/, "");
    },
    branch() {
      const name = branch.value.trim();
      if (/[\s~^:?*[\\]|\.\.|^-/.test(name)) throw "This is not the name of a branch: it has no spaces, none of ~ ^ : ? * [ \\ and no two dots in a row.";
      return name;
    },
  };

  // What a field holds, or null.  What is wrong stands at the field once the reader has left it.
  function read(field) {
    let value = null;
    let problem = "";
    try { value = READ[field.name](); } catch (sentence) { problem = sentence; }
    if (!("left" in field.dataset)) problem = "";
    const place = document.getElementById(`${field.id}-problem`);
    if (place.textContent !== problem) place.textContent = problem;
    field.setAttribute("aria-invalid", problem !== "");
    return value;
  }

  function write() {
    const [root, repo, name] = [hub, repository, branch].map(read);
    const whole = root !== null && repo !== null && name !== null;
    const words = whole ? "The link:" : "The link appears here when both addresses are there, and right.";
    if (said.textContent !== words) said.textContent = words;
    if (whole) said.after(link);
    else link.remove();
    copy.hidden = !whole || !navigator.clipboard;  // not there on plain http
    if (!whole) return;
    const query = new URLSearchParams({ repo });
    if (name) query.set("branch", name);
    // nbgitpuller clones into a folder of the repository's last name, as it stands in the address.
    const folder = repo.split("/").pop();
    query.set("urlpath", `${form.elements.interface.value}/${folder}/${chapter.value}`);
    link.href = link.textContent = `${root}/hub/user-redirect/git-pull?${query}`;
  }

  form.addEventListener("input", write);
  form.addEventListener("change", ({ target }) => {
    target.dataset.left = "";
    write();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  copy.addEventListener("click", async () => {
    copy.textContent = await navigator.clipboard.writeText(link.href)
      .then(() => "Copied", () => "Not copied");
    setTimeout(() => { copy.textContent = "Copy the link"; }, 1500);
  });

  repository.value ||= home?.content ?? "";
  branch.value ||= home?.dataset.branch ?? "";
  form.hidden = false;
  write();
}
