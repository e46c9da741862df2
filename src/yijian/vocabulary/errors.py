"""What a user can do wrong, said in one sentence.

`UserError` is the only exception that the command line and the pages show to a person. Its text says what is wrong,
where, and what to do, in Chinese, and nothing was left half done when it is raised. Everything else that is raised
is a fault of ours: logged with context, never hidden.
"""


class UserError(Exception):
    """One clear sentence for the person at the screen.

    >>> str(UserError("文件无法读取", where="claims/fee_list_d.csv", do="请检查文件是否完整后重新导入"))
    '文件无法读取（claims/fee_list_d.csv）。请检查文件是否完整后重新导入。'
    """

    def __init__(self, what: str, *, where: str = "", do: str = "") -> None:
        self.what, self.where, self.do = what.rstrip("。"), where, do.rstrip("。")
        place = f"（{where}）" if where else ""
        super().__init__(f"{self.what}{place}。" + (f"{self.do}。" if self.do else ""))
