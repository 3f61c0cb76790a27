// How far the file is, each second; without this script the page loads itself anew.
const place = document.getElementById("batch");
const bar = place.querySelector("progress");
const count = place.querySelector("[data-done]");
const whole = place.querySelector("[data-total]"); // only where it becomes known on the way

async function look() {
  try {
    const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
    // Signed out, or no longer theirs: the page itself says so.
    if (answer.redirected || answer.status === 401 || answer.status === 404) return location.reload();
    if (answer.ok) {
      const { done, total, ready } = await answer.json();
      bar.max = total;
      bar.value = done;
      if (whole && whole.textContent !== String(total)) whole.textContent = total;
      if (count.textContent !== String(done)) count.textContent = done;
      if (ready) return location.reload();
    }
  } catch {
    // No network for a moment: the next look is a second away.
  }
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
