// The sign-in page's script: signs in without leaving the page, so that a mistake costs one field and not the form.

const SAMPLE_ACCOUNTS = [
  { userName: "admin", password: "admin", role: "Administrator" },
  { userName: "user", password: "user", role: "Reader" },
  { userName: "erin.lund", password: "welcome", role: "Manager" },
  { userName: "boris.tran", password: "welcome", role: "Employee" },
];
const MOST_MILLISECONDS_TO_WAIT = 30000;

const form = document.getElementById("sign-in-form");
const userNameField = document.getElementById("user-name");
const passwordField = document.getElementById("password");
const signInButton = document.getElementById("sign-in-button");
const messageArea = document.getElementById("sign-in-message");

let busy = false;

function setBusy(isBusy) {
  busy = isBusy;
  // Not `disabled`: that would throw the keyboard's focus away.
  signInButton.setAttribute("aria-disabled", String(isBusy));
  signInButton.textContent = isBusy ? "Signing in…" : "Sign in";
}

function showMessage(text, isNotice = false) {
  messageArea.textContent = text;
  messageArea.classList.toggle("notice", isNotice);
  messageArea.hidden = text === "";
}

// A session may still be alive; the server then wants its CSRF token even for a new sign-in.
function csrfHeaders() {
  const pair = document.cookie.split("; ").find((text) => text.startsWith("wm_xsrf_token="));
  const token = pair ? pair.slice(pair.indexOf("=") + 1) : "";
  return token ? { "X-WM-XSRF-TOKEN": token } : {};
}

async function messageOfServer(response) {
  try {
    const first = (await response.json()).errors.error[0];
    return first.message ?? first.parameters[0];
  } catch {
    return `The server answered with status ${response.status}.`;
  }
}

async function messageOfFailure(response) {
  switch (response.status) {
    case 401:
      return "User name or password is wrong.";
    case 403:
      return "Another session is still open in this browser. Reload this page and try again.";
    case 429:
      return "Too many attempts. Please wait a minute, then try again.";
    case 503:
      return "The server is busy just now. Please try again in a moment.";
    default:
      return `Sign-in did not work: ${await messageOfServer(response)}`;
  }
}

async function signIn() {
  setBusy(true);
  showMessage("");
  try {
    const response = await fetch(form.getAttribute("action"), {
      method: "POST",
      headers: { "X-Requested-With": "XMLHttpRequest", ...csrfHeaders() },
      body: new URLSearchParams(new FormData(form)),
      signal: AbortSignal.timeout(MOST_MILLISECONDS_TO_WAIT),
    });
    if (response.ok) {
      // Stays busy until the next page is there; `replace`, so that Back does not lead to a used form.
      location.replace("./");
      return;
    }
    showMessage(await messageOfFailure(response));
    if (response.status === 401) {
      passwordField.value = "";
      passwordField.focus();
    }
  } catch (error) {
    showMessage(error.name === "TimeoutError"
      ? "The server takes too long to answer. Please try again."
      : "The server cannot be reached. Check your connection and try again.");
  }
  setBusy(false);
}

function showSampleAccounts() {
  const items = SAMPLE_ACCOUNTS.map((account) => {
    const name = document.createElement("span");
    name.textContent = account.userName;
    const role = document.createElement("span");
    role.className = "muted";
    role.textContent = account.role;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "account";
    button.append(name, " ", role);
    button.addEventListener("click", () => {
      if (busy) return;
      userNameField.value = account.userName;
      passwordField.value = account.password;
      showMessage("");
      // The form is complete, so what comes next is its button.
      signInButton.focus();
    });
    const item = document.createElement("li");
    item.append(button);
    return item;
  });
  document.getElementById("account-list").replaceChildren(...items);
  document.getElementById("sample-accounts").hidden = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!busy) signIn();
});
// A page that comes back from the browser's memory would still be busy.
window.addEventListener("pageshow", (event) => { if (event.persisted) setBusy(false); });

showSampleAccounts();
document.getElementById("curl-line").textContent =
  `curl -u admin:admin ${new URL("services/security/token", location.href).href}`;
if (location.hash === "#session-ended") {
  showMessage("Your session has ended. Please sign in again.", true);
  // Said once; a reload should not say it again.
  history.replaceState(null, "", location.pathname);
}
