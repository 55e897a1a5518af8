// Says in the page what allauth would only write to the console: the key could not be read.
document.addEventListener("allauth.error", (event) => {
  const problem = document.getElementById("passkey-problem");
  if (problem) {
    event.preventDefault();
    problem.hidden = false;
  }
});
