"""What a statement may say of a paper, and what is left out or doubted.

Numbers, cells, sums, pairs, directions.
"""

import pytest

from tests.analyst_papers import PAPER, PARTS, whole
from workers.analysis.grounding.statements import check_claim, mended, problems
from workers.analysis.schema import ClaimAnswer, FixedAnswer
from workers.models import Statement
from workers.reading.text import Cell, Table, TableRow

PLACES = (
    *PARTS,
    ("S8", "8 Results", 1, (
        "Compared to Coarse, Sieve gains 4.1% in recall and 2.3% in precision on BlurSet.",
        "We suspect that the probe sees the lens, and both ways give nearly identical results on sharp pictures.",
        "The learning rate is 1e-5 and training takes 3 days on 1.4M pairs, which we take from WMT 2014 and ImageNet.",
        "Coarse attention [12] keeps the grain where the light is weak. The whole costs less than 1/4 of the previous "
        "state-of-the-art model.",
    )),
    ("S9", "9 Discussion", 1, (
        "Sieve 7B surpasses Coarse 13B on all sharp pictures, and surpasses Coarse 34B on most dim pictures.",
        "Dim pictures gain less, which is likely due to the short shutter. No proprietary pictures were used.",
        "Sieve should reduce the work of editors and will hopefully improve their prints.",
        "Readers chose Sieve 7B 5020 times, compared to 4143 times for Coarse 13B, as of October 6, 2025.",
        "Sharp and dim pictures are drawn in green and red, respectively. Uploads are discarded after the check, and "
        "only a hash is kept.",
        "The probe does not need any calibration of the lens. The mean exposure was 121.7 hours.",
        "On ShotSet (DuskSet) it reaches 86.4 (82.0) points. The buffer cuts the storage by 8x.",
        "Editors saw counts as a sign of fame, but found repeats to be a better sign of relevance.",
        "Hu and Lin (2018) evaluate the grain on 5k scans and found a kappa of 0.89.",
        "Around 5,000 lines were added, resulting in around 17,000 lines in the whole tool.",
        "Each of the scans was seen 76 times. Given the high cost we took only 50 scans.",
        "It keeps the same grain score, and however yields a 2x speed up. The pilot ran for one week.",
    )),
    ("S10", "10 Groups", 1, (
        "Group 1 shows many more blurred scans at dusk. Group 2 shows a uniform loss over all hours.",
        "Gains are negligible when no grain is added. The print is the second most accurate of all.",
        "It is ahead by all measures except contrast. The loss rises from 12.5 dB to 31.4 dB.",
        "Coarse loses 13.7% on old scans, while our Sieve is strictly stable. The decay was 10−5 in all runs.",
        "Training the lens and probe in isolation works better than a joint schedule. Scans under 0.27 count as low.",
        "A hit was found in 69.9/86.3 of the runs for BlurSet and DuskSet, respectively, over 21-million scans.",
        "We sent 317, 562 prints to editors, who found 65% of them sharp. The prints were made by the second author.",
        "The probe cannot learn the lens even when it is trained again. It can be used for both dim and sharp scans.",
        "The training set holds 148 scans of cats. The test set holds 731 scans of dogs.",
        "Restoring prints rather than scans is easier, as prints are flat.",
    )),
    ("S11", "11 Plates", 1, (
        "With wide slits we find 90.9% of all spots on the plates. With narrow slits we find 97.4% of the spots.",
        "The effect of age on the spots was not significant. Moving all plates at once violates the balance of light.",
        "Damping reduces the contrast of dim plates. It used 6.8GB of memory, more than Coarse and less than others.",
        "Maize plates showed rises in serine, threonine, proline and starch. Cooling them took ten fans for a week.",
        "There were at most seven lamps in all. The age of the lamps is entirely unknown.",
        "Print–7 is far more exact in the dark room than the older Print–MIL, which was trained by hand.",
        "We can almost always find the plate. The longest exposure time was seen with both lamps.",
    )),
)  # fmt: skip
HEAD = ("recall", "precision")
ROWS = (("Sieve", "61.4", "48.2"), ("Coarse", "57.3", "45.9"))


def _row(number, label, values):
    cells = tuple(Cell(column=c, text=v) for c, v in zip(HEAD, values, strict=True))
    words = "; ".join(f"{c} {v}" for c, v in zip(HEAD, values, strict=True))
    return TableRow(id=f"S8.T1.r{number}", text=f'Table 1, row "{label}": {words}', label=label, cells=cells)


TABLE = Table(
    id="S8.T1", caption="Table 1: Results on BlurSet.", label="Table 1", section="S8",
    rows=tuple(_row(k, label, values) for k, (label, *values) in enumerate(ROWS)),
)  # fmt: skip


def _given():
    given = whole(PAPER, PLACES)
    return whole(PAPER, PLACES, tables=(TABLE,)) if not given.text.tables else given


@pytest.fixture(scope="module")
def given():
    return _given()


def check(given, text, *quotes, derived=(), evidence=()):
    places = [*({"quote": q} for q in quotes), *evidence]
    claim = ClaimAnswer.model_validate({"text": text, "evidence": places, "derived": list(derived)})
    return check_claim("takeaway", claim, given)


GAIN = "Compared to Coarse, Sieve gains 4.1% in recall and 2.3% in precision on BlurSet."
RATE = "The learning rate is 1e-5 and training takes 3 days on 1.4M pairs"

TRUE = {
    "a power of ten": ("The learning rate is $10^{-5}$.", RATE),
    "Chinese numerals": ("训练用了 140 万对图像,耗时三天。", RATE),
    "rounding": ("Sieve gains about 4% in recall.", GAIN),
    "a year of two digits": ("It takes pairs from WMT14.", RATE),
    "the next sentence": (
        "The mean gain is 3.2 dB, without the probe 0.4 dB.", "Without the probe the gain falls to 0.4 dB"),
    "another row": ("Sieve reaches a recall of 61.4 against 57.3 for Coarse.", GAIN),
    "a difference": ("Sieve has 4.1 points more recall than Coarse (61.4 against 57.3).", GAIN),
    "a citation left out": ("Grain is kept.", "Coarse attention keeps the grain where the light is weak."),
    "counting": ("Two measures are given.", GAIN),
    "another unit": ("The mean exposure is about five days.", "The mean exposure was 121.7 hours."),
    "times as a share": ("存储降到八分之一。", "The buffer cuts the storage by 8x."),
    "two in brackets": (
        "It reaches 86.4 on ShotSet and 82.0 on DuskSet.", "On ShotSet (DuskSet) it reaches 86.4 (82.0) points."),
    "a cause in other words": (
        "Dim pictures gain less, because the shutter is short.",
        "Dim pictures gain less, which is likely due to the short shutter."),
    "each with its own": (
        "Sharp pictures are drawn in green, dim ones in red.",
        "Sharp and dim pictures are drawn in green and red, respectively."),
    "a clause behind the last number": (
        "比较了 50 个样本，每个样本看 76 次，成本高。",
        "Each of the scans was seen 76 times. Given the high cost we took only 50 scans."),
    "parts kept apart": (
        "Counts were taken for fame, repeats for relevance.",
        "Editors saw counts as a sign of fame, but found repeats to be a better sign of relevance."),
    "a power whose sign was lost": ("The decay was 1e-5.", "The decay was 10−5 in all runs."),
    "at most is no negation": ("低于 0.27 的扫描算作低。", "Scans under 0.27 count as low."),
    "each with its own behind a slash": (
        "A hit was found in 69.9 of the runs for BlurSet and 86.3 for DuskSet, on 21 million scans.",
        "A hit was found in 69.9/86.3 of the runs for BlurSet and DuskSet"),
    "groups kept apart": (
        "Group 1 has more blurred scans, group 2 a uniform loss.",
        "Group 1 shows many more blurred scans at dusk. Group 2 shows a uniform loss over all hours."),
    "all but one": ("It leads by all measures except contrast.", "It is ahead by all measures except contrast."),
    "a space behind the comma of a thousand": ("Editors got 317,562 prints.", "We sent 317, 562 prints to editors"),
    "a share in words": ("Two thirds of them were sharp.", "who found 65% of them sharp"),
    "next to nothing": ("Gains are almost nothing without grain.", "Gains are negligible when no grain is added."),
    "the other way round, said rightly": ("Coarse has 4.1% less recall than Sieve.", GAIN),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_shown_as_checked(given, name):
    found = check(given, *TRUE[name])
    assert (found.wrong, found.suspect) == ("", ())


TRUE |= {
    "numbers each with their own": (
        "97.4% of the spots are found with narrow slits, 90.9% with wide ones.",
        "With wide slits we find 90.9% of all spots on the plates. With narrow slits we find 97.4% of the spots."),
    "a dash in a name": (
        "Print-7 is more exact than Print-MIL.",
        "Print–7 is far more exact in the dark room than the older Print–MIL, which was trained by hand."),
    "no difference in other words": (
        "Plates did not differ significantly in age.", "The effect of age on the spots was not significant."),
    "another subject of the same kind": (
        "The authors saw rises in serine, threonine and proline.",
        "Maize plates showed rises in serine, threonine, proline and starch."),
}  # fmt: skip

FALSE = {
    "shown to, for expected": (
        "Sieve was shown to reduce the work of editors.", "Sieve should reduce the work of editors"),
    "at least for at most, in words": ("至少有七个灯。", "There were at most seven lamps in all."),
    "known for unknown": ("The age of the lamps is well known.", "The age of the lamps is entirely unknown."),
    "numbers exchanged over two sentences": (
        "With narrow slits 90.9% of the spots are found, with wide ones 97.4%.",
        "With wide slits we find 90.9% of all spots on the plates. With narrow slits we find 97.4% of the spots."),
    "significant for not": (
        "年龄对斑点有显著影响。", "The effect of age on the spots was not significant."),
    "kept for violated": (
        "Moving all plates at once preserves the balance of light.",
        "Moving all plates at once violates the balance of light."),
    "raised for lowered": ("Damping raises the contrast of dim plates.", "Damping reduces the contrast of dim plates."),
    "the least of all": (
        "It used the least memory of all, 6.8GB.", "It used 6.8GB of memory, more than Coarse and less than others."),
    "another species": (
        "Wheat plates showed rises in serine, threonine and proline.",
        "Maize plates showed rises in serine, threonine, proline and starch."),
    "a month for a week": ("冷却用了十台风扇，持续一个月。", "Cooling them took ten fans for a week."),
    "always for almost always": ("The plate is always found.", "We can almost always find the plate."),
    "shortest for longest": ("两盏灯时曝光时间最短。", "The longest exposure time was seen with both lamps."),
    "metrics swapped": ("Sieve gains 2.3% in recall and 4.1% in precision.", GAIN),
    "who is better": ("Coarse gains 4.1% in recall over Sieve.", GAIN),
    "who is better, in Chinese": ("Coarse 的召回率比 Sieve 高 4.1%。", GAIN),
    "another unit": ("Training takes 3 hours.", RATE),
    "another unit in Chinese": ("训练耗时 3 小时。", RATE),
    "supposed, told as proven": (
        "The authors prove that the probe sees the lens.", "We suspect that the probe sees the lens"),
    "a difference where there is none": (
        "One way is clearly better on sharp pictures.", "both ways give nearly identical results on sharp pictures"),
    "somebody else's": (
        "The authors propose coarse attention.", "Coarse attention [12] keeps the grain where the light is weak."),
    "a quote of something else": ("Users prefer warmer colours in surveys.", RATE),
    "another row": ("Coarse reaches a recall of 61.4.", GAIN),
    "another column": ("Sieve reaches a precision of 61.4.", GAIN),
    "a difference that does not come out": ("Sieve has 6.7 points more recall (61.4 against 57.3).", GAIN),
    "an altered number": ("Sieve gains 4.7% in recall.", GAIN),
    "a number without a place": ("Training costs $7 an hour.",),
    "a fall for a rise": ("Recall drops by 4.1%.", GAIN),
    "all for most": (
        "Sieve 7B surpasses Coarse 34B on all dim pictures.",
        "Sieve 7B surpasses Coarse 13B on all sharp pictures, and surpasses Coarse 34B on most dim pictures."),
    "models with sizes exchanged": (
        "Coarse 13B was chosen 5020 times, Sieve 7B 4143 times.",
        "Readers chose Sieve 7B 5020 times, compared to 4143 times for Coarse 13B"),
    "another cause": (
        "Dim pictures gain less because of the lens.",
        "Dim pictures gain less, which is likely due to the short shutter."),
    "what was not used": ("It was trained on proprietary pictures.", "No proprietary pictures were used."),
    "what is not needed": (
        "The probe needs calibration of the lens.", "The probe does not need any calibration of the lens."),
    "a hope as a result": (
        "Sieve has reduced the work of editors and improved their prints.",
        "Sieve should reduce the work of editors and will hopefully improve their prints."),
    "a rival that is not there": (
        "The buffer cuts the storage by 8x, which is better than flash paging.", "The buffer cuts the storage by 8x."),
    "two in brackets exchanged": (
        "It reaches 86.4 on DuskSet and 82.0 on ShotSet.", "On ShotSet (DuskSet) it reaches 86.4 (82.0) points."),
    "each with the other": (
        "Sharp pictures are drawn in red, dim ones in green.",
        "Sharp and dim pictures are drawn in green and red, respectively."),
    "discarded and kept": (
        "Uploads are kept after the check.", "Uploads are discarded after the check, and only a hash is kept."),
    "parts exchanged": (
        "Counts were taken as a sign of relevance, and repeats as a sign of fame.",
        "Editors saw counts as a sign of fame, but found repeats to be a better sign of relevance."),
    "somebody else's finding": (
        "The authors evaluate the grain on 5k scans and found a kappa of 0.89.",
        "Hu and Lin (2018) evaluate the grain on 5k scans and found a kappa of 0.89."),
    "a number of the other": (
        "Around 17,000 lines were added.",
        "Around 5,000 lines were added, resulting in around 17,000 lines in the whole tool."),
    "the same told as twice": (
        "It doubles the grain score.", "It keeps the same grain score, and however yields a 2x speed up."),
    "one week, one month": ("The pilot ran for one month.", "The pilot ran for one week."),
    "a cost turned round": (
        "The previous state of the art needed less than 1/4 of the cost of Sieve.",
        "The whole costs less than 1/4 of the previous state-of-the-art model."),
    "groups exchanged": (
        "Group 2 has more blurred scans, group 1 a uniform loss.",
        "Group 1 shows many more blurred scans at dusk. Group 2 shows a uniform loss over all hours."),
    "groups exchanged, in Chinese": (
        "第二组的模糊扫描更多，第一组的损失较为均匀。",
        "Group 1 shows many more blurred scans at dusk. Group 2 shows a uniform loss over all hours."),
    "large for negligible": (
        "Gains are significant even without grain.", "Gains are negligible when no grain is added."),
    "first for second": ("It is the most accurate of all.", "The print is the second most accurate of all."),
    "the exception as well": ("它在包括对比度在内的所有指标上领先。", "It is ahead by all measures except contrast."),
    "from there to here": ("The loss goes from 31.4 dB to 12.5 dB.", "The loss rises from 12.5 dB to 31.4 dB."),
    "the other of two": (
        "Sieve loses 13.7% on old scans.",
        "Coarse loses 13.7% on old scans, while our Sieve is strictly stable."),
    "two without names turned round": (
        "A joint schedule works better than training in isolation.",
        "Training the lens and probe in isolation works better than a joint schedule."),
    "who did it": ("The prints were made by crowd workers.", "The prints were made by the second author."),
    "a cannot lost, in Chinese": (
        "再次训练后，probe 就能学到 lens。", "The probe cannot learn the lens even when it is trained again."),
    "only for both": ("It can be used for dim scans only.", "It can be used for both dim and sharp scans."),
    "the other set": (
        "The test set holds 148 scans, the training set 731.",
        "The training set holds 148 scans of cats. The test set holds 731 scans of dogs."),
    "on the other side of a number": ("Scans above 0.27 count as low.", "Scans under 0.27 count as low."),
    "tested for trained": (
        "It was trained on 731 scans and tested on 148.",
        "The training set holds 148 scans of cats. The test set holds 731 scans of dogs."),
    "ahead of the second": ("它排名第一，领先第二名。", "The print is the second most accurate of all."),
    "rather than": (
        "Scans are easier to restore than prints.",
        "Restoring prints rather than scans is easier, as prints are flat."),
    "high for low": ("Scans under 0.27 count as high.", "Scans under 0.27 count as low."),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_left_out_or_labelled(given, name):
    found = check(given, *FALSE[name])
    assert found.wrong or found.suspect


def test_a_quotient_may_be_told_to_the_whole(given):
    derived = {"value": "15", "op": "/", "operands": ["61.4", "4.1"]}
    found = check(given, "The recall is 15 times the gain (61.4 and 4.1).", GAIN, derived=[derived])
    assert not found.wrong and found.derived[0].value == "15"
    twenty = {"value": "20", "op": "/", "operands": ["45.9", "2.3"]}
    assert not check(given, "It is 20 times the gain (45.9 and 2.3).", GAIN, derived=[twenty]).wrong


def test_a_quotient_is_no_share_of_itself(given):
    derived = {"value": "0.05%", "op": "/", "operands": ["2.3", "45.9"]}
    assert check(given, "That is 0.05% (2.3 of 45.9).", GAIN, derived=[derived]).wrong == "no_number"


def test_a_cell_is_cited_by_table_row_and_column(given):
    cell = {"table": "Table 1", "row": "Sieve", "column": "recall", "value": "61.4"}
    found = check(given, "Sieve reaches a recall of 61.4.", evidence=[cell])
    assert not found.wrong and (found.found[0].row, found.found[0].column, found.found[0].words) == (
        "Sieve", "recall", "61.4")  # fmt: skip
    for wrong in ({"row": "Coarse"}, {"column": "precision"}, {"value": "57.3"}, {"table": "Table 2"}):
        assert check(given, "Sieve reaches a recall of 61.4.", evidence=[cell | wrong]).wrong == "not_found"


def test_a_computed_number_is_computed_again(given):
    told = {"value": "4.1", "op": "-", "from": ["61.4", "57.3"]}
    right = check(given, "Sieve is 4.1 points ahead.", GAIN, derived=[told])
    assert not right.wrong
    wrong = check(given, "Sieve is 8.8 points ahead.", GAIN, derived=[told | {"value": "8.8"}])
    assert wrong.wrong == "no_number" and "8.8" in wrong.missing
    assert check(given, "It is 4.1 ahead: 61.4 - 57.3 = 4.1.", GAIN).derived
    assert check(given, "It is ahead: 61.4 - 57.3 = 5.1.", GAIN).wrong == "no_number"


def test_the_writer_is_told_where_a_number_stands(given):
    lost = check(given, "Sieve takes 77.7 seconds.", GAIN)
    assert lost.wrong and "77.7" in problems([lost], given) and "stands in" not in problems([lost], given)
    stray = check(given, "The lens is seen in 61.4 cases.", RATE)
    told = problems([stray], given)
    assert stray.suspect and "61.4 stands in [P" in told and "row" in told


def test_one_statement_may_become_two_and_a_worse_fix_changes_nothing(given):
    old = check(given, "Sieve gains 4.7% in recall and takes 3 days.", GAIN)
    fixes = [
        FixedAnswer(number=1, text="Sieve gains 4.1% in recall.", quote=GAIN),
        FixedAnswer(number=1, text="Training takes 3 days.", quote=RATE),
    ]
    assert [c.claim.text for c in mended([old], fixes, given)] == [f.text for f in fixes]
    worse = [FixedAnswer(number=1, text="Sieve gains 4.9% in recall.", quote=GAIN)]
    assert mended([old], worse, given) == [old]


def test_a_statement_of_before_still_opens():
    kept = {"section": "takeaway", "text": "It works.", "quote": "q", "paragraph": "S1.p1"}
    opened = Statement.model_validate(kept)
    assert (opened.evidence, opened.derived, opened.verdict, opened.suspect, opened.lead) == ((), (), None, (), "")
