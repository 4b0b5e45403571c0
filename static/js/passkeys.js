// Passkeys: asks the device for a key, new or known, and sends what it gives.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

// What the server writes as text, as the browser wants it.
const withBytes = (options) => {
  const credential = (known) => ({ ...known, id: bytes(known.id) });
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (options[list]) read[list] = options[list].map(credential);
  }
  return read;
};

const asText = (credential) => {
  const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const response = Object.fromEntries(
    names.filter((name) => credential.response[name]).map((name) => [name, text(credential.response[name])]),
  );
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
};

const post = (address, body) =>
  fetch(address, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
    },
    body: JSON.stringify(body),
  });

for (const place of document.querySelectorAll("[data-passkey]")) {
  const button = place.querySelector("button");
  const error = place.querySelector("[role=alert]");
  const say = (kind) => {
    error.textContent = place.querySelector(`[data-say=${kind}]`).content.textContent;
    error.hidden = false;
  };

  const exchange = async () => {
    const begun = await post(place.dataset.begin, {});
    // The password is asked for again, or the session has ended: the page itself says so.
    if (!begun.headers.get("Content-Type").includes("json") || begun.redirected) return location.reload();
    if (!begun.ok) return say("refused");
    const options = { publicKey: withBytes(await begun.json()) };
    const credential = await navigator.credentials[place.dataset.passkey](options);
    const completed = await post(place.dataset.complete, asText(credential));
    if (!completed.ok || completed.redirected) return say("refused");
    return location.assign(place.dataset.next);
  };

  button.hidden = false;
  button.addEventListener("click", async () => {
    error.hidden = true;
    if (!window.PublicKeyCredential) return say("unsafe");
    button.disabled = true;
    try {
      await exchange();
    } catch (failure) {
      const kinds = { SecurityError: "unsafe", InvalidStateError: "known", NotAllowedError: "cancelled" };
      say(kinds[failure.name] || "refused");
    } finally {
      button.disabled = false;
      // A button that was disabled has lost it.
      button.focus();
    }
  });
}
