"""A question cut down to what is asked, for a model that reads little."""

from app.text.sentences import sentences


def gist(text: str, most: int = 300) -> str:
    """Returns the part of a question that asks, with as much around it as fits.

    That is its last sentence with a question mark, or the first sentence where none has one;
    sentences before it come first, then those after it.

    Args:
        text: the question as plain text.
        most: characters of the result at most.
    """
    said = sentences(" ".join(text.split()))
    if not said:
        return ""
    asking = [at for at, sentence in enumerate(said) if sentence.rstrip("\"'”’)*_").endswith("?")]
    low = high = asking[-1] if asking else 0
    room = most - len(said[low])
    if room < 0:
        return _words(said[low], most)
    while low > 0 and len(said[low - 1]) < room:
        low -= 1
        room -= len(said[low]) + 1
    while high + 1 < len(said) and len(said[high + 1]) < room:
        high += 1
        room -= len(said[high]) + 1
    return " ".join(said[low : high + 1])


def _words(sentence: str, most: int) -> str:
    """Cuts a sentence at its front, if it asks at its end, else at its back, between words."""
    if sentence.endswith("?"):
        return sentence[-most:].partition(" ")[2] or sentence[-most:]
    return sentence[:most].rpartition(" ")[0] or sentence[:most]
