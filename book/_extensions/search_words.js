// Words of a query as the index has them.  SIGNS and MARKS come from search_index.py, whose `words`
// this says again; a test holds the two together.
var splitQuery = (query) => {
  const text = query.replaceAll("ℓ", " ell ").normalize("NFKD")
    .replace(/[^\x00-\x7f]/gu, (sign) => (SIGNS[sign] ? ` ${SIGNS[sign]} ` : sign))
    .replace(/(?<!\p{L})(\p{L})([\u0302-\u0304])(?!\p{L})/gu, (_, letter, mark) => `${letter} ${MARKS[mark]} `)
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/(?<=\d),(?=\d{3}(?!\d))/g, "");
  const found = text.matchAll(/((?<![\p{L}\p{N}_)\]}])[-−])?(\d+(?:\.\d+)*(?:e[-+]?\d+)?)|\p{L}[\p{L}\p{N}]*/gu);
  return [...found].flatMap(([word, sign, number]) =>
    // Sphinx throws words of digits alone away: they come with a space, which the stemmer takes off.
    !number ? word.replace(/^var(?=(epsilon|phi|theta|rho)$)/, "") : [...(sign ? [`−${number}`] : []), ` ${number}`]);
};
{
  const English = Stemmer;
  Stemmer = function () {
    const { stemWord } = new English();
    this.stemWord = (word) => (/^[a-z]+$/.test(word) ? stemWord(word) : word.trim());
  };
}
